"""What a server keeps and runs. Safe to call from any thread; knows nothing of Gradio.

memory            what was freed, given back to the system
cache             what was opened or computed and may be needed again, within bounds
one_at_a_time     a turn for one visitor, while the others come again
models            the stored models, found by name and opened
reader            drawings and pictures -> answers of the chosen model
child_process     a process of its own, and how it is spoken to
answer_worker     the process that reads a set
jobs              what takes long, in such processes
library           where splits, answers and relatives are looked up
guess_limit       how often wrong codes may be typed at one address
greetings         which devices have found this server before a lesson
rooms             the rooms of classes
class_files       a class's drawings as files, written and read
first_guesses     digits that a network misreads, for a class to guess
gradient_worker   the process that has gradients
gradients         what it is asked
presence          which servers live that keep things in the same folder
run_records       a training run as it is known and kept
run_folder        the runs of all servers on disk, within bounds
run_plans         what a visitor asks for -> a recipe, and how long it takes
training_worker   the process that trains
training_process  how it is begun and kept
run_queue         the runs that wait and that go on
runs              all runs of a server, and whose they are
class_training    networks that a class teaches its hand
studies           experiments: several runs that belong together
replays           what the network of an earlier epoch was like
"""

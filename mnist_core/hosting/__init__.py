"""What stands between the network and the page: settings, and the gate that every request must pass. Knows no Gradio.

settings        the command line and the environment
addresses       where others of the local network find this machine
origins         from where, and under which address, a request comes
identity        who a visitor is: name, password, cookie, owner
limits          how large, how long and how many at once
bodies          what a body may hold, and what is put in its place
queue_results   answers that nobody fetches
answers         what is said when something cannot be answered, and what every answer carries
gate            all of them in one
"""

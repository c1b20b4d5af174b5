"""The animals that pupils get in place of a name.

The words are keys of the texts `animal_...`; a symbol stands beside the name and never alone, since kin share one and
old devices lack some. Left out is what somebody might be teased with.
"""

from __future__ import annotations

# A symbol, then all animals that it may stand for; the first is the best known, and comes first.
_FAMILIES = """
🦙 alpaca llama
🦌 deer antelope caribou gazelle impala okapi reindeer
🦡 badger wolverine
🦇 bat
🐻 bear wombat
🦫 beaver marmot
🦬 bison yak
🐪 camel
🐈 cat caracal lynx ocelot serval
🐐 chamois ibex
🐆 cheetah jaguar leopard panther puma
🐿️ chipmunk squirrel
🐬 dolphin narwhal porpoise
🦊 fox fennec
🦒 giraffe
🐹 hamster dormouse lemming vole
🐇 hare rabbit
🦔 hedgehog porcupine
🐎 horse pony
🦘 kangaroo quokka wallaby
🐨 koala
🦝 raccoon
🦁 lion
🐁 mouse jerboa
🦦 otter marten mongoose meerkat platypus
🐼 panda
🦭 seal walrus
🐑 sheep
🐅 tiger
🐺 wolf dingo
🦓 zebra
🐦 robin bluetit bunting canary curlew finch goldfinch hoopoe hummingbird kingfisher lapwing lark nightingale
🐦 avocet oriole plover sandpiper sparrow starling swallow swift thrush wagtail wren
🐦‍⬛ blackbird jackdaw jay magpie raven woodpecker
🕊️ dove gull tern albatross
🦆 duck eider grebe mallard teal
🦅 eagle condor falcon hawk kestrel osprey
🦩 flamingo crane egret heron ibis stork
🦉 owl
🦜 parrot cockatoo macaw toucan
🦚 peacock pheasant
🐧 penguin puffin
🦢 swan pelican
🦀 crab
🐸 frog
🦎 gecko iguana lizard newt salamander
🪼 jellyfish
🦞 lobster
🐙 octopus
🐟 salmon seahorse trout tuna
🦈 shark
🐢 tortoise turtle
🐝 bee bumblebee
🪲 beetle
🦋 butterfly moth
🦗 cricket grasshopper mantis
🐞 ladybird
🐜 ant
"""

# The symbol of each animal.
ANIMALS = {animal: symbol for symbol, *animals in map(str.split, _FAMILIES.strip().splitlines()) for animal in animals}
# One of each symbol.
BEST_KNOWN = tuple({symbol: animal for animal, symbol in reversed(ANIMALS.items())}.values())

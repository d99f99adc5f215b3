"""What the tests of the adapters, and of whole stacks, share: servers, what asks them, and what they answer with."""
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "ports"))

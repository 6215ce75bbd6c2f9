"""Prints where a PowerShell script does not follow the grammar; nothing if it does."""

import re
import sys

import tree_sitter
import tree_sitter_powershell

language = tree_sitter.Language(tree_sitter_powershell.language())
script = open(sys.argv[1], "rb").read()
# The grammar knows no method that is given a block without parentheses; PowerShell does.
script = re.sub(rb"\.Where\{(.*?)\}", rb".Where({\1})", script)
waiting = [tree_sitter.Parser(language).parse(script).root_node]
while waiting:
    node = waiting.pop()
    if node.is_error or node.is_missing:
        row, column = node.start_point
        print(f"{sys.argv[1]}:{row + 1}:{column + 1}: not PowerShell")
    waiting.extend(node.children)

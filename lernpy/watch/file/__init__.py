"""Traces as files, as FORMAT.md (one folder up) has them.

Read `writing` first, then `reading`, which does the lessons again to see that the numbers fit;
`network`, `edits` and `blocks` each hold both ways, to JSON and back.

May know: data, files, frame, functions, network, watch.
"""

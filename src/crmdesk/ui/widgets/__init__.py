"""The parts that pages are made of.

| Module | Parts |
| --- | --- |
| basics | Text, Button, IconButton, Card, Line, Chip, Avatar, Kbd, column, row |
| layouts | FlowLayout, empty |
| heads | PageHeader, Breadcrumb, EmptyState, Segmented, SearchField, Tabs |
| figures | Tile, Bar, BarChart, FunnelChart |
| messages | Toasts, ProgressPanel, InlineError |
| record_table | RecordTable, the table of records (with everything around it: `ui.lists`) |
| board | Board, stages with cards that are dragged or moved by keys |
| line_grid | LineGrid, the lines of a quote |
| offers | Offers, what is offered beneath an input while somebody types |
| timeline | TimelineView |
| paint | what delegates draw with: chips, avatars, elided text |
"""

"""The parts that pages are made of.

| Module | Parts |
| --- | --- |
| basics | Text, Button, IconButton, Card, Line, Chip, Avatar, Kbd, FlowLayout, column, row |
| heads | PageHeader, Breadcrumb, EmptyState, Segmented, SearchField, Tabs |
| figures | Tile, Bar, BarChart, FunnelChart, ShareChart, LineChart |
| messages | Toasts, ProgressPanel, InlineError |
| record_table | RecordTable, the table of records (with everything around it: `ui.lists`) |
| timeline | TimelineView |
| paint | what delegates draw with: chips, avatars, elided text |
"""

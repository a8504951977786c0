"""One review in progress: project, graph, lock, queue and undo. No Qt."""

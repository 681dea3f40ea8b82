// The whole of Main: a file-based app is this file with its directives before it.
return Multiprocessing.Shapes.Entry.Run(args);

// The entry point of every child of a framework-dependent program. The library is bound by name in the program's own context, as any reference is.
Multiprocessing.ChildEntryPoint.Run();

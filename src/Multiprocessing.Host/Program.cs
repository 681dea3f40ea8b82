using System.Reflection;

// The entry point of every child of a framework-dependent program. It holds no reference to the library: an executable that the
// library references, and that references the library, would be a cycle, so the library is bound by name in the program's own context.
var entry = Assembly.Load("Multiprocessing").GetType("Multiprocessing.ChildEntryPoint", throwOnError: true)!;
entry.GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(null, null);

namespace Multiprocessing.Tool.Stacks;

/// <summary>The managed stack of one thread at one moment.</summary>
/// <param name="ThreadId">The number that the operating system gave the thread.</param>
/// <param name="Name">The thread's name as the operating system has it, at most 15 characters on Linux; null if it is unknown.</param>
/// <param name="IsRunningManagedCode">
/// Whether the thread executed managed code at that moment. If not, it waited, or was in native code that the first frame called.
/// </param>
/// <param name="Frames">The frames; the innermost, where the thread is, is the first.</param>
internal sealed record ThreadStack(int ThreadId, string? Name, bool IsRunningManagedCode, IReadOnlyList<StackFrame> Frames);

/// <summary>One frame of a managed stack.</summary>
/// <param name="Method">The method with its type and parameter types.</param>
/// <param name="Module">The name of the assembly without extension.</param>
/// <param name="File">The path of the source file when it was compiled, if symbols lie beside the assembly; otherwise null.</param>
/// <param name="Line">The line, or null.</param>
internal sealed record StackFrame(string Method, string Module, string? File, int? Line);

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>On what the tests run.</summary>
public static class Here
{
    public static bool IsPosix => !OperatingSystem.IsWindows();

    /// <summary>Not Wine, which has the calls of Windows and not all of their effects. Its system library contains its version.</summary>
    public static bool IsNoWine { get; } = !OperatingSystem.IsWindows() || !NativeLibrary.TryGetExport(NativeLibrary.Load("ntdll.dll"), "wine_get_version", out _);
}

/// <summary>A test of what Windows does not have.</summary>
public sealed class PosixFactAttribute : FactAttribute
{
    /// <param name="reason">What is missing on Windows.</param>
    /// <param name="sourceFilePath">Filled in by the compiler.</param>
    /// <param name="sourceLineNumber">Filled in by the compiler.</param>
    public PosixFactAttribute(string reason, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = reason;
        SkipType = typeof(Here);
        SkipUnless = nameof(Here.IsPosix);
    }
}

/// <summary>A test of what Windows does, and Wine does not.</summary>
public sealed class NotUnderWineFactAttribute : FactAttribute
{
    /// <param name="reason">What Wine does instead.</param>
    /// <param name="sourceFilePath">Filled in by the compiler.</param>
    /// <param name="sourceLineNumber">Filled in by the compiler.</param>
    public NotUnderWineFactAttribute(string reason, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = reason;
        SkipType = typeof(Here);
        SkipUnless = nameof(Here.IsNoWine);
    }
}

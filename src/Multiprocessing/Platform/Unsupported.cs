using System.Runtime.InteropServices;

namespace Multiprocessing.Platform;

/// <summary>Creates the exception for a system that lacks a facility.</summary>
internal static class Unsupported
{
    public static PlatformNotSupportedException Here(string what) =>
        new($"{what} is not known for {RuntimeInformation.OSDescription} on {RuntimeInformation.ProcessArchitecture}.");
}

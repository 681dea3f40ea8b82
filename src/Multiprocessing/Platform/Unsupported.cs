using System.Runtime.InteropServices;

namespace Multiprocessing.Platform;

/// <summary>What is said on a system that the library has no means for.</summary>
internal static class Unsupported
{
    public static PlatformNotSupportedException Here(string what) =>
        new($"{what} is not known for {RuntimeInformation.OSDescription} on {RuntimeInformation.ProcessArchitecture}.");
}

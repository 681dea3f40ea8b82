using System.Runtime.CompilerServices;

namespace Multiprocessing.Platform;

/// <summary>A program that was compiled to native code (PublishAot): it has no IL, no metadata tokens, and of its types only what the compiler kept.</summary>
internal static class NativeProgram
{
    private const string WayOut = "Publish with PublishReadyToRun instead, and with PublishTrimmed if size matters.";

    /// <summary>
    /// Dynamic code alone does not tell: a file-based app is switched to what native code could do, but is run by the ordinary runtime, which is the only one that has a list of trusted assemblies.
    /// </summary>
    public static bool Is { get; } = !RuntimeFeature.IsDynamicCodeSupported && AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null;

    /// <summary>Why it starts no child.</summary>
    public const string NoChildren =
        "This program was compiled to native code (PublishAot), from which no child can be started: there is no runtime that could begin with another entry point, "
        + "and no IL that says what a body captured. " + WayOut;

    /// <summary>Why an object cannot be serialized in it: fields that the compiler did not keep would be lost silently.</summary>
    public static PlatformNotSupportedException CannotSerialize(Type type) => new(
        $"This program was compiled to native code (PublishAot), where values without references, strings, and arrays of numbers or strings can be put into queues. {type} has other parts, "
        + "and native code does not keep what is needed to find all of them. " + WayOut);
}

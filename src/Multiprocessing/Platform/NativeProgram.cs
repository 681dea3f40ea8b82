using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Platform;

/// <summary>
/// A program that was compiled to native code (PublishAot). It has no IL, no metadata tokens, and only the types that the compiler kept.
/// </summary>
internal static class NativeProgram
{
    private const string WayOut = "Publish with PublishReadyToRun instead, and with PublishTrimmed if size matters.";

    /// <summary>
    /// Whether this program is one. The switch for dynamic code is not enough: a file-based app is limited to what native code can do but runs on the
    /// ordinary runtime, which is the only one with a list of trusted assemblies.
    /// </summary>
    /// <remarks>
    /// The package's targets set the switch for the compiler of native code, which then drops everything behind this property: the serializer's code
    /// for types that it finds by reflection, and the start of children. At run time the switch is not read.
    /// </remarks>
    [FeatureSwitchDefinition("Multiprocessing.IsNativeProgram")]
    public static bool Is { get; } = !RuntimeFeature.IsDynamicCodeSupported && AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null;

    /// <summary>The reason why such a program cannot start a child.</summary>
    public const string NoChildren =
        "This program was compiled to native code (PublishAot) and cannot start child processes: there is no runtime that could begin at another "
        + "entry point, and no IL that describes the captured values of a body. " + WayOut;

    /// <summary>Creates the exception for a message that names a type or member: by a metadata token, of which native code has none.</summary>
    public static PlatformNotSupportedException HasNoNames() => new(
        $"This program was compiled to native code (PublishAot), in which the types and members that a message names do not exist. {WayOut}");

    /// <summary>
    /// Creates the exception for an object that cannot be serialized in such a program: fields that the compiler did not keep would be lost silently.
    /// </summary>
    public static PlatformNotSupportedException CannotSerialize(Type type) => new(
        $"This program was compiled to native code (PublishAot). Such a program can put values without references, strings, and arrays of numbers or "
        + $"strings into queues. {type} has other parts, and native code does not keep the information to find all of them. " + WayOut);
}

using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Windows;

/// <summary>A handle of a kernel object. Disposing this object closes it.</summary>
[SupportedOSPlatform("windows")]
internal sealed class OwnedHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public OwnedHandle(nint handle)
        : base(ownsHandle: true) => SetHandle(handle);

    public nint Value => handle;

    protected override bool ReleaseHandle() => Win32.CloseHandle(handle) != 0;
}

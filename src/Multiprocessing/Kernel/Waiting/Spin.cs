using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Multiprocessing;

/// <summary>
/// Waiting without the kernel. A wake-up by the kernel costs tens of microseconds and a spin tenths of one, but a spin with no free core costs everybody:
/// so the budget is about one wake-up long, and who failed often with it gets none for a while.
/// </summary>
internal static class Spin
{
    // With one CPU the other side cannot run while we spin.
    public static readonly bool IsUseful = Environment.ProcessorCount > 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else if (ArmBase.IsSupported)
        {
            ArmBase.Yield();
        }
    }
}

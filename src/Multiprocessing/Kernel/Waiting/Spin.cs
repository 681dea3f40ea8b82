using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Multiprocessing;

/// <summary>
/// Waiting without the kernel. A wake-up by the kernel costs tens of microseconds and a successful spin tenths of one, but a spin without a free core
/// slows all threads: so a spin is at most about one wake-up long, and a wait whose spins failed often does not spin for a while
/// (<see cref="SpinBudget"/>).
/// </summary>
internal static class Spin
{
    // With one processor the other side cannot run during the spin.
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

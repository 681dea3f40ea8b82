namespace Multiprocessing.Platform.Windows;

/// <summary>
/// Windows has no signals. A process that this library ends gets an exit code that says by which signal it would have ended elsewhere: 0xE04D5000 and the signal's
/// number, in the range of codes that are the applications' own.
/// </summary>
internal static class SignalCodes
{
    private const uint Base = 0xE04D5000;

    public static uint Of(int signal) => Base | (uint)signal;

    public static WaitStatus StatusOf(uint code) => (code & 0xFFFFFF00) == Base ? new WaitStatus(null, (int)(code & 0xFF)) : new WaitStatus((int)code, null);
}

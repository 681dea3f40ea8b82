namespace Multiprocessing.Platform.Windows;

/// <summary>
/// Windows has no signals. A process that this library ends receives an exit code that states the signal which would have ended it on other systems:
/// 0xE04D5000 plus the number of the signal, in the range of codes for applications.
/// </summary>
internal static class SignalCodes
{
    private const uint Base = 0xE04D5000;

    public static uint Of(int signal) => Base | (uint)signal;

    public static WaitStatus StatusOf(uint code) =>
        (code & 0xFFFFFF00) == Base ? new WaitStatus(null, (int)(code & 0xFF)) : new WaitStatus((int)code, null);
}

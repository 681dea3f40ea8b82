namespace Multiprocessing;

/// <summary>
/// A condition that <see cref="ProcessWait"/> can wait for together with others. A wait registers, then checks <see cref="IsReady"/> again, and only
/// then sleeps: a change before the registration is found by the check, and a change after it signals.
/// </summary>
internal interface IWaitable
{
    /// <summary>Gets whether the condition holds now. It does not wait and changes nothing. Thread-safe.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed in this process.</exception>
    bool IsReady { get; }

    /// <summary>
    /// Calls <paramref name="signal"/> when the condition may have become true after this call, or the object was disposed. Calls without a reason
    /// are allowed. After its first call the registration may be used up: if the condition does not hold, the wait registers again. The registration
    /// uses nothing up: another waiter that may continue is notified as if it did not exist.
    /// </summary>
    /// <param name="signal">
    /// Is short, does not throw, and calls no member of this interface. It may run under a lock of the object that was waited for.
    /// </param>
    /// <returns>Dispose it to end the registration. A call of <paramref name="signal"/> that has begun may still run after that.</returns>
    /// <exception cref="ObjectDisposedException">The object was disposed in this process.</exception>
    IDisposable Register(Action signal);
}

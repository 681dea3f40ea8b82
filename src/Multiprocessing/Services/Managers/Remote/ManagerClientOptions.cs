namespace Multiprocessing;

/// <summary>Options of a <see cref="ManagerClient"/>.</summary>
/// <example>
/// <code>
/// var options = new ManagerClientOptions
/// {
///     Connection = { Key = key, ConnectTimeout = TimeSpan.FromSeconds(3) },
///     Types = new RegisteredTypes().Register&lt;ChatMessage>().Register&lt;DayOfWeek>(),
/// };
/// </code>
/// </example>
public sealed class ManagerClientOptions
{
    private TimeSpan _stallTimeout = DefaultStallTimeout;

    internal static TimeSpan DefaultStallTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the options of the connection: the key, TLS, time limits, and the length of the longest message.</summary>
    public ConnectionOptions Connection { get; set; } = new();

    /// <summary>
    /// Gets or sets the types whose values cross; the server has the same. The default value is <see langword="null"/>: only types that need no
    /// registration, such as numbers, texts and times.
    /// </summary>
    public RegisteredTypes? Types { get; set; }

    /// <summary>
    /// Gets or sets how long the server may take nothing of a call that is being sent: then the connection is closed, and the call throws
    /// <see cref="TimeoutException"/>. So a server that is stopped, or a broken network, holds no caller that sends. The default value is 30 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is neither positive nor infinite.</exception>
    public TimeSpan StallTimeout
    {
        get => _stallTimeout;
        set => _stallTimeout = PositiveOrInfinite(value);
    }

    internal static TimeSpan PositiveOrInfinite(TimeSpan value) => value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "The time limit must be positive or infinite.");
}

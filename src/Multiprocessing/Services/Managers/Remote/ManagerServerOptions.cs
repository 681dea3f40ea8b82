namespace Multiprocessing;

/// <summary>Options of a <see cref="ManagerServer"/>: who may connect, which types cross, and what one client may use.</summary>
/// <example>
/// <code>
/// var options = new ManagerServerOptions
/// {
///     Listener = { Key = key, MaxMessageBytes = 1 &lt;&lt; 20 },
///     Types = new RegisteredTypes().Register&lt;ChatMessage>().Register&lt;DayOfWeek>(),
///     MaxClients = 100,
///     MaxCallsPerClient = 50,
/// };
/// </code>
/// </example>
public sealed class ManagerServerOptions
{
    private int _maxClients = 10_000;
    private int _maxObjectsPerClient = 10_000;
    private int _maxCallsPerClient = 1_000;
    private TimeSpan _stallTimeout = ManagerClientOptions.DefaultStallTimeout;

    /// <summary>
    /// Gets or sets the options of the listener: the key, TLS, time limits, and the length of the longest message. The default value has no key: only
    /// processes of the same user on this machine may connect.
    /// </summary>
    public ConnectionListenerOptions Listener { get; set; } = new();

    /// <summary>
    /// Gets or sets the types whose values cross. The default value is <see langword="null"/>: only types that need no registration, such as numbers,
    /// texts and times.
    /// </summary>
    public RegisteredTypes? Types { get; set; }

    /// <summary>Gets or sets the maximum number of clients. Further ones are disconnected. The default value is 10,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxClients
    {
        get => _maxClients;
        set => _maxClients = Positive(value);
    }

    /// <summary>
    /// Gets or sets the maximum number of objects that one client refers to at the same time. Opening another one fails. The default value is 10,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxObjectsPerClient
    {
        get => _maxObjectsPerClient;
        set => _maxObjectsPerClient = Positive(value);
    }

    /// <summary>
    /// Gets or sets the maximum number of calls of one client that run or wait at the same time. The next one fails. The default value is 1,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxCallsPerClient
    {
        get => _maxCallsPerClient;
        set => _maxCallsPerClient = Positive(value);
    }

    /// <summary>
    /// Gets or sets how long a client may take nothing of a reply that is being sent: then it is disconnected. So a client that is stopped holds no
    /// thread of the server. The default value is 30 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is neither positive nor infinite.</exception>
    public TimeSpan StallTimeout
    {
        get => _stallTimeout;
        set => _stallTimeout = ManagerClientOptions.PositiveOrInfinite(value);
    }

    private static int Positive(int value) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The limit must be positive.");
}

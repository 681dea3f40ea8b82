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
    /// <summary>Gets or sets the options of the connection: the key, TLS, time limits, and the length of the longest message.</summary>
    public ConnectionOptions Connection { get; set; } = new();

    /// <summary>
    /// Gets or sets the types whose values cross; the server has the same. The default value is <see langword="null"/>: only types that need no
    /// registration, such as numbers, texts and times.
    /// </summary>
    public RegisteredTypes? Types { get; set; }
}

namespace Multiprocessing;

/// <summary>
/// Options of the dashboard. The default values admit only requests from this machine that know a random token; each property that admits more
/// says so.
/// </summary>
/// <example>
/// <code>
/// var options = new DashboardOptions
/// {
///     Token = "a-token-of-your-own",
///     AllowActions = false, // the pages end no processes and cancel no tasks
///     History = TimeSpan.FromHours(1),
///     Interval = TimeSpan.FromSeconds(2),
/// };
/// app.MapMultiprocessing("/mp", options);
/// </code>
/// </example>
public class DashboardOptions
{
    /// <summary>
    /// Gets the token that a request needs. The default value, <see langword="null"/>, makes a random one of 256 bits for each start. A token of
    /// your own
    /// has at least 16 characters: letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>~</c>.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>
    /// Gets whether a request needs the token. The default value is <see langword="true"/>. Set <see langword="false"/> only if something else
    /// decides who
    /// sees the pages, such as <c>RequireAuthorization</c>: they show command names, errors and outputs, and can end processes and
    /// cancel tasks (<see cref="AllowActions"/>).
    /// </summary>
    public bool RequireToken { get; init; } = true;

    /// <summary>
    /// Gets whether requests from other machines are admitted. The default value is <see langword="false"/>. They need the token, too; without
    /// TLS, it crosses the network unencrypted.
    /// </summary>
    public bool AllowRemote { get; init; }

    /// <summary>
    /// Gets the host names, besides <c>localhost</c> and IP addresses, under which the dashboard is reached, for example <c>build.example.org</c>.
    /// The default value is
    /// none. A request for any other name is refused: a foreign page could give its own name this machine's address (DNS rebinding).
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Gets whether the pages can end processes and cancel tasks. The default value is <see langword="true"/>.</summary>
    public bool AllowActions { get; init; } = true;

    /// <summary>Gets the time that a page shows when it is opened. The default value is 10 minutes; between ten samples and 7,200 samples.</summary>
    public TimeSpan History { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets the time between two samples. The default value is one second; values from 0.1 seconds to one minute are accepted.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets how the cluster is read whose nodes the pages show above the program's processes, for example the method <c>ReadClusterAsync</c> of a
    /// <c>ClusterPool</c>, or <c>ReadAsync</c> of a <c>ClusterMonitor</c>. The default value, <see langword="null"/>, shows none. It is called every
    /// <see cref="Interval"/>, but not again before it has answered.
    /// </summary>
    public Func<CancellationToken, Task<ClusterSnapshot>>? Cluster { get; init; }

    internal ProgramRecorderOptions Recording => new() { History = History, Interval = Interval, Cluster = Cluster };

    internal virtual void Validate()
    {
        if (Token is { } token && (token.Length < 16 || !token.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_.~".Contains(letter))))
        {
            throw new ArgumentException(
                "Token must have at least 16 characters, and only letters, digits, '-', '_', '.' and '~'. Leave it out for a random one.",
                    nameof(Token));
        }

        Recording.Validate();
    }
}

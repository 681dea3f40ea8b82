using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>
/// What <c>mp node</c> and <c>mp top --cluster</c> pass to the program that becomes a node, or looks at the cluster:
/// one line of JSON on its standard input, so that secrets are neither in its command
/// line nor in the environment of its workers. The file is compiled into both.
/// </summary>
internal sealed record NodeSettings
{
    /// <summary>A field that the program does not know is an option of a newer <c>mp</c>, and is refused.</summary>
    private static readonly JsonSerializerOptions Json = new()
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required string Cluster { get; init; }

    public string? Name { get; init; }

    public int? Workers { get; init; }

    public string[] Tags { get; init; } = [];

    public double LeaveGrace { get; init; }

    public bool Localhost { get; init; }

    public string? Postgres { get; init; }

    public string? Redis { get; init; }

    public string? Address { get; init; }

    public string? Listen { get; init; }

    public int Port { get; init; }

    public string? Certificate { get; init; }

    public string? Key { get; init; }

    public string? Authority { get; init; }

    public string? PeerName { get; init; }

    /// <summary>Gets the seconds between two probes, or <see langword="null"/> for the default of the program.</summary>
    public double? ProbeInterval { get; init; }

    public int? MissedProbes { get; init; }

    public int? Votes { get; init; }

    public bool IsJson { get; init; }

    /// <summary>Gets the seconds between two pictures, if the program does not become a node but looks at the cluster.</summary>
    public double? Watch { get; init; }

    /// <exception cref="JsonException">It has a field that is not known, or is damaged.</exception>
    public static NodeSettings Read(string line) =>
        JsonSerializer.Deserialize<NodeSettings>(line, Json) ?? throw new JsonException("The settings of the node are empty.");

    public string ToLine() => JsonSerializer.Serialize(this, Json);
}

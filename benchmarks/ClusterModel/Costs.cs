using System.Text.Json;

namespace ClusterModel;

/// <summary>What tasks with 256 in flight cost on two nodes, as the benchmark of the cluster has measured it.</summary>
/// <param name="TaskNanoseconds">The time between two tasks that end.</param>
/// <param name="CallerNanoseconds">The processor time of the caller for each task.</param>
/// <param name="NodeNanoseconds">The processor time of the node and its worker for each task.</param>
/// <param name="Bytes">The bytes on the network for each task, in both directions.</param>
internal sealed record MeasuredCosts(double TaskNanoseconds, double CallerNanoseconds, double NodeNanoseconds, double Bytes);

/// <summary>The costs that the model works with: <c>benchmarks/ClusterModel/costs.json</c>, written by the benchmark of the cluster.</summary>
internal sealed record Costs
{
    public required MeasuredCosts Measured { get; init; }

    /// <summary>Gets the median time of one task, one after the other, in nanoseconds.</summary>
    public required double RoundTripNanoseconds { get; init; }

    /// <summary>Gets the time that the caller looks at one node when it looks for the least loaded one, in nanoseconds. It does so under its gate.</summary>
    public required double LookNanoseconds { get; init; }

    /// <summary>Gets the processors of the machine on which caller and nodes were measured together.</summary>
    public required int Processors { get; init; }

    /// <summary>Gets how many other members each member probes.</summary>
    public required int ProbedMembers { get; init; }

    /// <summary>Gets the time between two probes, in seconds.</summary>
    public required double ProbeSeconds { get; init; }

    /// <summary>Gets the time between two readings of the whole table of members, in seconds.</summary>
    public required double TableSeconds { get; init; }

    public static Costs Read(string file) => JsonSerializer.Deserialize<Costs>(File.ReadAllText(file))
        ?? throw new InvalidDataException($"{file} contains no costs.");

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, new JsonSerializerOptions { WriteIndented = true }) + "\n");
}

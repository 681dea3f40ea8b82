using System.Globalization;

namespace Multiprocessing.ClusterTests;

/// <summary>How often faults are repeated. An ordinary run has each of them once; environment variables ask for more.</summary>
internal static class ClusterRuns
{
    /// <summary>How often each fault is provoked: <c>MULTIPROCESSING_CLUSTER_FAULTS</c>.</summary>
    public static int Faults => ValueOf("MULTIPROCESSING_CLUSTER_FAULTS") ?? 1;

    /// <summary>How many random events there are: <c>MULTIPROCESSING_CLUSTER_EVENTS</c>.</summary>
    public static int Events => ValueOf("MULTIPROCESSING_CLUSTER_EVENTS") ?? 0;

    /// <summary>The seed of random events that are to be repeated: <c>MULTIPROCESSING_TORTURE_SEED</c>.</summary>
    public static int Seed => ValueOf("MULTIPROCESSING_TORTURE_SEED") ?? Environment.TickCount;

    private static int? ValueOf(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

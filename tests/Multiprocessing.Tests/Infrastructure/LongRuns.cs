using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>How long the tests go on that find more the longer they run. An ordinary run is short; environment variables ask for more.</summary>
internal static class LongRuns
{
    private const int OrdinaryDeaths = 25;

    /// <summary>How many processes the counted runs kill, each: <c>MULTIPROCESSING_DEATHS</c>.</summary>
    public static int Deaths => ValueOf("MULTIPROCESSING_DEATHS") ?? OrdinaryDeaths;

    /// <summary>Whether what differs little from its neighbours is tested too: <c>MULTIPROCESSING_ALL</c>.</summary>
    public static bool All => Environment.GetEnvironmentVariable("MULTIPROCESSING_ALL") is { Length: > 0 };

    /// <summary>The seed of a torture that is to be repeated: <c>MULTIPROCESSING_TORTURE_SEED</c>.</summary>
    public static int TortureSeed => ValueOf("MULTIPROCESSING_TORTURE_SEED") ?? Environment.TickCount;

    /// <summary>How long a torture lasts: <c>MULTIPROCESSING_TORTURE_SECONDS</c>.</summary>
    public static int TortureSeconds(int ordinary) => ValueOf("MULTIPROCESSING_TORTURE_SECONDS") ?? ordinary;

    /// <summary>How many children start and end together: <c>MULTIPROCESSING_CROWD</c>, at most 510.</summary>
    public static int Crowd(int ordinary) => ValueOf("MULTIPROCESSING_CROWD") ?? ordinary;

    private static int? ValueOf(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

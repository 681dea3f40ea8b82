using System.Globalization;

namespace Multiprocessing.Fuzz.Tests;

/// <summary>How long each target runs: some seconds, or <c>MULTIPROCESSING_FUZZ_SECONDS</c>.</summary>
internal static class FuzzTime
{
    private const int Ordinary = 2;

    public static int Seconds { get; } =
        Environment.GetEnvironmentVariable("MULTIPROCESSING_FUZZ_SECONDS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Ordinary;
}

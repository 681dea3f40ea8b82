namespace Multiprocessing.Scenarios;

/// <summary>Called as a type of the companion program, and not the same.</summary>
internal static class Named
{
    internal sealed record Parcel(long Number);
}

namespace Batch;

/// <summary>How far the work is.</summary>
/// <param name="Done">Files that are done, failed ones among them.</param>
/// <param name="Failed">Files that could not be examined.</param>
/// <param name="Busy">Workers that have something to do.</param>
/// <param name="Workers">All workers.</param>
internal readonly record struct Step(int Done, int Failed, int Busy, int Workers);

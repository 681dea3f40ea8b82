namespace Batch;

/// <summary>The progress of the work.</summary>
/// <param name="Done">Files that are finished, including failed ones.</param>
/// <param name="Failed">Files that could not be examined.</param>
/// <param name="Busy">Workers that run a task.</param>
/// <param name="Workers">All workers.</param>
internal readonly record struct Step(int Done, int Failed, int Busy, int Workers);

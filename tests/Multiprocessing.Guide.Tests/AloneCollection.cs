using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>Tests that change what all children of this process do at their start, or its working directory: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class AloneCollection
{
    public const string Name = "alone";
}

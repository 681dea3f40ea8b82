using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class SmokeTests
{
    [Fact]
    public void The_host_assembly_lies_beside_the_library() =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "Multiprocessing.Host.dll")).ShouldBeTrue();
}

using Xunit;

namespace Multiprocessing.Shapes;

/// <summary>The checks inside a test host: the program's Main is the test framework's.</summary>
public class ShapeTests
{
    [Fact]
    public void All_checks_hold_in_a_test()
    {
        Assert.Equal(0, Checks.Run());
    }

    [Fact]
    public async Task A_test_may_await_a_child()
    {
        using var child = ChildProcess.Run(async number =>
        {
            await Task.Yield();
            return number * 2;
        }, 21);
        Assert.Equal(42, await child.Result);
    }
}

using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Supervisors.</summary>
public class SupervisionExamples
{
    [Fact]
    public void Restart_policy()
    {
        #region RestartPolicy
        RestartPolicy policy = RestartPolicy.Transient; // started again after a crash, not after a normal end
        Console.WriteLine(policy);
        #endregion
        policy.ShouldBe(RestartPolicy.Transient);
    }

    [Fact]
    public void Restart_strategy()
    {
        #region RestartStrategy
        RestartStrategy strategy = RestartStrategy.RestForOne; // with the child, the children that were started after it
        Console.WriteLine(strategy);
        #endregion
        strategy.ShouldBe(RestartStrategy.RestForOne);
    }
}

using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>The logger factory of this process, which hosts of other tests set, too.</summary>
[Collection(AloneCollection.Name)]
public class LoggingExamples
{
    [Fact]
    public void Logging()
    {
        var before = MultiprocessingLogging.Factory;
        #region MultiprocessingLogging
        // At the start of the program:
        using ILoggerFactory factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning));
        MultiprocessingLogging.Factory = factory;
        #endregion
        MultiprocessingLogging.Factory.ShouldBeSameAs(factory);
        MultiprocessingLogging.Factory = before;
    }
}

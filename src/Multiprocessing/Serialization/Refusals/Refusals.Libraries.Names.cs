namespace Multiprocessing;

internal static partial class Refusals
{
    private const string Pool = "A pool belongs to the process that created it; submit its tasks there, or create a pool in the child.";

    private const string Loggers =
        "A logger writes in its own process. A task of a ProcessPool can log to it: capture an ILogger, ILogger<T> or ILoggerFactory in the body "
        + "that is passed to RunAsync, MapAsync and the like, or pass it "
        + "as an argument. A pool's initializer logs by MultiprocessingLogging.Factory, which sends its records to this process if a factory was set "
        + "here. In other children create a logger.";

    private const string Services =
        "It creates and keeps objects of this process; resolve here what the body needs and pass the data, or create the services in the child (in "
        + "a pool's initializer).";

    private const string Configuration =
        "It watches its sources in this process; first read the values that the body needs (GetValue, or Get<T>() for a section), and pass those.";

    private const string Options = "It gets its value from the services of this process; pass the value itself (Value, CurrentValue or Get(name)).";

    private const string Host =
        "It is this program's host and runs in this process; pass the values that the body needs, or create a host in the child.";

    private const string Request =
        "It belongs to a request that this process handles; read what the body needs (path, headers, user, body) into local variables, and pass "
        + "those.";

    private const string DataContext =
        "It has a connection and tracks its objects in this process; create a context in the child from its options or connection string, and pass "
        + "the keys or the loaded entities (AsNoTracking).";

    private const string Query = "It runs in a context of this process; execute it first (ToList()), or create it in the child.";

    private const string Cache = "It is memory of this process; pass the values, or share a SharedMemory, a SharedArray<T> or a named object.";

    private const string Clients =
        "It has connections of this process; create it in the child from its address or options (in a pool's initializer, once per worker).";

    private const string ArrowData =
        "Add the package Multiprocessing.Arrow: with it a RecordBatch crosses, and a SharedRecordBatch crosses without a copy. Otherwise write it "
        + "with an ArrowStreamWriter, and pass the bytes.";

    private const string TestOutput =
        "It writes to the test that runs in this process; return the text, write to the console of the child (ProcessOutput.ToLines sends its "
        + "output here), or report by an IProgress<T> in a task of a "
        + "ProcessPool.";

    private const string Controls =
        "It belongs to a user-interface thread of this process; pass the values that the body needs, and show what it returns or what a task of a "
        + "ProcessPool reports by IProgress<T>.";

    private const string Telemetry = "It is observed in this process; create it in the child.";

    private const string Jobs = "It schedules work in this process; start the child from its job, and pass the values.";

    /// <summary>
    /// Types of this library and of libraries that it does not refer to, by name of the type, a base class or an interface. Implementations in the
    /// program are included.
    /// </summary>
    internal static readonly Dictionary<string, string> Libraries = new()
    {
        ["Multiprocessing.ProcessPool"] = Pool,
        ["Multiprocessing.ProcessPool`1"] = Pool,

        ["Microsoft.Extensions.Logging.Logger"] = Loggers,
        ["Microsoft.Extensions.Logging.Logger`1"] = Loggers,
        ["Microsoft.Extensions.Logging.ILoggerFactory"] = Loggers,
        ["Microsoft.Extensions.Logging.ILoggerProvider"] = Loggers,
        ["Serilog.ILogger"] = Loggers,
        ["NLog.Logger"] = Loggers,
        ["NLog.ILogger"] = Loggers,
        ["log4net.ILog"] = Loggers,

        ["System.IServiceProvider"] = Services,
        ["Microsoft.Extensions.DependencyInjection.IServiceScope"] = Services,
        ["Microsoft.Extensions.DependencyInjection.IServiceScopeFactory"] = Services,
        ["Microsoft.Extensions.DependencyInjection.IServiceCollection"] = Services,
        ["Microsoft.Extensions.DependencyInjection.AsyncServiceScope"] = Services,
        ["Autofac.IComponentContext"] = Services,

        ["Microsoft.Extensions.Configuration.IConfiguration"] = Configuration,
        ["Microsoft.Extensions.Configuration.IConfigurationProvider"] = Configuration,
        ["Microsoft.Extensions.Options.IOptionsMonitor`1"] = Options,
        ["Microsoft.Extensions.Options.OptionsManager`1"] = Options,
        ["Microsoft.Extensions.Options.UnnamedOptionsManager`1"] = Options,
        ["Microsoft.Extensions.Primitives.IChangeToken"] =
            "It notifies of changes in this process; watch for changes in the child, or pass the value.",

        ["Microsoft.Extensions.Hosting.IHost"] = Host,
        ["Microsoft.Extensions.Hosting.IHostApplicationLifetime"] = "It notifies of the end of this process; use CurrentProcess.Stopping in a child.",
        ["Microsoft.Extensions.Hosting.BackgroundService"] = "It runs in this process; pass the values that the body needs.",
        ["Microsoft.Extensions.FileProviders.IFileProvider"] = "It watches files for this process; pass the path.",
        ["Microsoft.AspNetCore.Builder.IApplicationBuilder"] = Host,

        ["Microsoft.AspNetCore.Http.HttpContext"] = Request,
        ["Microsoft.AspNetCore.Http.IHttpContextAccessor"] = Request,
        ["Microsoft.AspNetCore.Http.HttpRequest"] = Request,
        ["Microsoft.AspNetCore.Http.HttpResponse"] = Request,
        ["Microsoft.AspNetCore.Http.IFormFile"] =
            "It belongs to a request that this process handles; copy its content to a byte[] or a file, and pass that.",
        ["Microsoft.AspNetCore.Http.Features.IFeatureCollection"] = Request,
        ["Microsoft.AspNetCore.Mvc.ControllerBase"] = Request,
        ["Microsoft.AspNetCore.Mvc.RazorPages.PageModel"] = Request,
        ["Microsoft.AspNetCore.Components.ComponentBase"] = Controls,
        ["Microsoft.AspNetCore.SignalR.Hub"] =
            "It belongs to a connection that this process serves; return or report the values, and send them from here.",
        ["Microsoft.AspNetCore.SignalR.IHubContext"] =
            "It sends to connections that this process serves; return or report the values, and send them from here.",
        ["Microsoft.AspNetCore.SignalR.IHubContext`1"] =
            "It sends to connections that this process serves; return or report the values, and send them from here.",
        ["Microsoft.AspNetCore.SignalR.IHubContext`2"] =
            "It sends to connections that this process serves; return or report the values, and send them from here.",
        ["Microsoft.JSInterop.IJSRuntime"] = Controls,
        ["Grpc.Core.ServerCallContext"] = Request,

        ["System.Net.Http.IHttpClientFactory"] =
            "It keeps open connections of this process; create an HttpClient in the child (in a pool's initializer, once per worker), or download "
            + "here and pass the bytes.",
        ["Grpc.Core.ChannelBase"] = Clients,
        ["Grpc.Core.ClientBase"] = Clients,
        ["StackExchange.Redis.IConnectionMultiplexer"] = Clients,
        ["StackExchange.Redis.IRedisAsync"] = Clients,
        ["MongoDB.Driver.IMongoClient"] = Clients,
        ["MongoDB.Driver.IMongoDatabase"] = Clients,
        ["MongoDB.Driver.IMongoCollection`1"] = Clients,
        ["RabbitMQ.Client.IConnection"] = Clients,
        ["RabbitMQ.Client.IChannel"] = Clients,
        ["RabbitMQ.Client.IModel"] = Clients,
        ["Confluent.Kafka.IClient"] = Clients,
        ["Amazon.Runtime.AmazonServiceClient"] = Clients,

        ["Microsoft.EntityFrameworkCore.DbContext"] = DataContext,
        ["Microsoft.EntityFrameworkCore.IDbContextFactory`1"] = DataContext,
        ["Microsoft.EntityFrameworkCore.DbSet`1"] = Query,
        ["Microsoft.EntityFrameworkCore.Query.Internal.EntityQueryable`1"] = Query,
        ["System.Data.Entity.DbContext"] = DataContext,
        ["System.Data.Entity.DbSet"] = Query,
        ["System.Data.Entity.DbSet`1"] = Query,
        ["System.Data.Entity.Infrastructure.DbQuery`1"] = Query,
        ["System.Data.Linq.DataContext"] = DataContext,
        ["NHibernate.ISession"] = DataContext,
        ["NHibernate.ISessionFactory"] = DataContext,
        ["System.Data.IDbConnection"] = "Open the connection in the child; its connection string crosses.",
        ["System.Data.IDbCommand"] = "It belongs to a connection of this process; create it in the child.",
        ["System.Data.IDbTransaction"] = "It belongs to a connection of this process; begin it in the child.",
        ["System.Data.Common.DbDataAdapter"] = "It belongs to a connection of this process; create it in the child.",

        ["Microsoft.Extensions.Caching.Memory.IMemoryCache"] = Cache,
        ["Microsoft.Extensions.Caching.Distributed.IDistributedCache"] = Clients,
        ["Microsoft.Extensions.Caching.Hybrid.HybridCache"] = Cache,

        ["Apache.Arrow.RecordBatch"] = ArrowData,
        ["Apache.Arrow.Schema"] = ArrowData,

        ["Xunit.ITestOutputHelper"] = TestOutput,
        ["Xunit.Abstractions.ITestOutputHelper"] = TestOutput,
        ["Xunit.ITestContext"] = TestOutput,
        ["NUnit.Framework.TestContext"] = TestOutput,
        ["NUnit.Framework.Internal.TestExecutionContext"] = TestOutput,
        ["Microsoft.VisualStudio.TestTools.UnitTesting.TestContext"] = TestOutput,
        ["TUnit.Core.TestContext"] = TestOutput,

        ["System.Windows.Forms.Control"] = Controls,
        ["System.Windows.Threading.DispatcherObject"] = Controls,
        ["System.Windows.Threading.Dispatcher"] = Controls,
        ["Avalonia.AvaloniaObject"] = Controls,
        ["Microsoft.UI.Xaml.DependencyObject"] = Controls,
        ["Microsoft.UI.Dispatching.DispatcherQueue"] = Controls,
        ["Windows.UI.Xaml.DependencyObject"] = Controls,
        ["Microsoft.Maui.Controls.BindableObject"] = Controls,
        ["Microsoft.Maui.Dispatching.IDispatcher"] = Controls,
        ["GLib.Object"] = Controls,
        ["GObject.Object"] = Controls,
        ["Godot.GodotObject"] = Controls,
        ["Terminal.Gui.View"] = Controls,

        ["OpenTelemetry.Trace.TracerProvider"] = Telemetry,
        ["OpenTelemetry.Metrics.MeterProvider"] = Telemetry,
        ["Hangfire.Server.PerformContext"] = Jobs,
        ["Hangfire.IBackgroundJobClient"] = Jobs,
        ["Quartz.IScheduler"] = Jobs,
        ["Quartz.IJobExecutionContext"] = Jobs,
    };
}

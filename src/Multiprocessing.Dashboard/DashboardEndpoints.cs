using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Multiprocessing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the dashboard of this program to an ASP.NET application.</summary>
/// <example>
/// <code>
/// await using var app = builder.Build();
/// app.MapMultiprocessing("/mp"); // the log contains the address with its token
/// await app.StartAsync();
/// </code>
/// </example>
public static class DashboardEndpoints
{
    /// <summary>
    /// Adds the dashboard of this program's processes, queues, locks and pools. The address with its token is logged once, when the application
    /// has started,
    /// in the category <c>Multiprocessing.Dashboard</c>.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path of the dashboard.</param>
    /// <param name="options">The options, or <see langword="null"/> for the default ones: requests of this machine that know the token.</param>
    /// <returns>The group of endpoints, for conventions such as <c>RequireAuthorization</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    public static RouteGroupBuilder MapMultiprocessing(this IEndpointRouteBuilder endpoints, string pattern = "/mp", DashboardOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        options ??= new();
        var lifetime = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        // The recorder starts with the application: a page that is opened later shows what happened before.
        Lazy<ProgramRecorder> recorder = new(() => ProgramRecorder.StartCurrent(options.Recording));
        DashboardSite site = new(options, () => recorder.Value, lifetime.ApplicationStopping);
        var group = endpoints.MapGroup(pattern);
        site.Map(group);
        var logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Multiprocessing.Dashboard");
        var server = endpoints.ServiceProvider.GetService<IServer>();
        lifetime.ApplicationStarted.Register(() =>
        {
            Observe(recorder.Value, logger);
            foreach (var address in server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            {
                Log.Address(logger, DashboardAddress.Of(address, pattern, options.RequireToken ? site.Keys.Token : null));
            }
        });
        lifetime.ApplicationStopped.Register(() =>
        {
            if (recorder.IsValueCreated)
            {
                recorder.Value.DisposeAsync().AsTask().GetAwaiter().GetResult(); // no report: waits for one sample at most
            }
        });
        return group;
    }

    private static void Observe(ProgramRecorder recorder, ILogger logger) => recorder.Completion.ContinueWith(
        task => Log.Failed(logger, task.Exception!.GetBaseException()),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}

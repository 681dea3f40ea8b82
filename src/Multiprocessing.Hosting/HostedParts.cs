using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>What every addition to a host has in common.</summary>
internal static class HostedParts
{
    public static void AddHost(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new HostLogging(provider.GetService<ILoggerFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ProcessHost>());
    }

    /// <summary>A logger of the host, if its container has logging.</summary>
    public static ILogger LoggerOf<T>(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>()?.CreateLogger<T>() ?? (ILogger)NullLogger.Instance;

    public static void ThrowIfAdded(IServiceCollection services, Type type, string? name)
    {
        if (services.Any(service => service.ServiceType == type && Equals(service.ServiceKey, name)))
        {
            throw new InvalidOperationException(
                name is null
                    ? $"{type.Name} was added before. Give each one a name."
                    : $"{type.Name} '{name}' was added before. Give each one a name of its own.");
        }
    }
}

namespace Multiprocessing;

/// <summary>
/// Asks the source generator of this package for a proxy. On a type parameter: every interface that a program uses for it gets a proxy. On an
/// interface: it gets a proxy in the assembly that declares it, so that programs that only receive it need not generate one.
/// </summary>
/// <remarks>
/// The interfaces that the members of such an interface name get proxies, too. A member that no proxy can carry is an error of the build.
/// </remarks>
/// <example>
/// <code>
/// // A method of your own that starts services for its callers passes the request for a proxy on to them.
/// static Task&lt;ProcessService&lt;T>> StartQuietAsync&lt;[GenerateProxy] T>(Func&lt;T> factory)
///     where T : class => ProcessService.StartAsync(
///         factory, new() { Process = new() { StandardOutput = ProcessOutput.Discard, StandardError = ProcessOutput.Discard } });
///
/// await using var service = await StartQuietAsync&lt;ICounter>(() => new Counter(start: 1));
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.GenericParameter | AttributeTargets.Interface)]
public sealed class GenerateProxyAttribute : Attribute;

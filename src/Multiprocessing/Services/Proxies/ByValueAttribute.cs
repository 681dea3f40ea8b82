namespace Multiprocessing;

/// <summary>
/// Makes an interface cross by value in calls of services: the object is copied to the other process. Without it, an object that a parameter or a
/// result of a program's own interface refers to stays in its process, and the other process gets a proxy. On an interface, it holds for all
/// parameters and results of that type.
/// </summary>
/// <remarks>The interfaces of .NET itself, such as <see cref="IReadOnlyList{T}"/>, always cross by value.</remarks>
/// <example>
/// <code>
/// await using var service = await ProcessService.StartAsync&lt;IGallery>(() => new Gallery());
/// IPicture picture = service.Proxy.Load("cat.png"); // a proxy: the picture stays in the service
/// ISize size = service.Proxy.SizeOf(picture);       // a copy: each use of it stays in this process
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue | AttributeTargets.Interface)]
public sealed class ByValueAttribute : Attribute;

using System.ComponentModel;

namespace Multiprocessing.Proxies;

/// <summary>
/// A call of a proxy before it is sent: takes the arguments in order; then exactly one of its <c>Invoke</c> methods sends it. Generated code uses it,
/// on one thread. If an argument is refused, the call is over.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OutgoingCall
{
    internal OutgoingCall(CallRequest request) => Request = request;

    internal CallRequest Request { get; }

    /// <summary>Writes an argument by value. A handle of the library refers to the same object in the other process.</summary>
    /// <param name="value">The argument.</param>
    /// <param name="name">The name of the parameter, for the text of a refusal.</param>
    /// <exception cref="NotSerializableException">Something in the value cannot cross.</exception>
    public void Argument<T>(T value, string name) => Request.Argument(value, name);

    /// <summary>Writes an argument that stays in this process: the other process gets a proxy.</summary>
    /// <param name="value">The object.</param>
    /// <param name="name">The name of the parameter.</param>
    public void Proxied<T>(T? value, string name)
        where T : class => Request.Proxied(value, name);

    /// <summary>Writes a receiver of progress, which stays in this process.</summary>
    /// <param name="value">The receiver.</param>
    /// <param name="name">The name of the parameter.</param>
    public void Progress<T>(IProgress<T>? value, string name) => Request.Progress(value, name);

    /// <summary>Writes a stream, which this process enumerates as the other process reads it.</summary>
    /// <param name="value">The stream.</param>
    /// <param name="name">The name of the parameter.</param>
    public void Stream<T>(IAsyncEnumerable<T>? value, string name) => Request.Stream(value, name);

    /// <summary>Sends the call and waits for its end.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    public void Invoke(CancellationToken cancellationToken) => Request.Invoke<NoResult, NoResult>(cancellationToken);

    /// <summary>Sends the call and waits for its result.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>The result.</returns>
    public T Invoke<T>(CancellationToken cancellationToken) => Request.Invoke<T, ValueResult<T>>(cancellationToken);

    /// <summary>Sends the call and waits for its result, an object that stays in the other process.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>A proxy of the object.</returns>
    public T? InvokeProxied<T>(CancellationToken cancellationToken)
        where T : class => Request.Invoke<T?, ProxiedResult<T>>(cancellationToken);

    /// <summary>Sends the call.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>A task that ends with the call.</returns>
    public Task InvokeAsync(CancellationToken cancellationToken) => Request.InvokeAsync<NoResult, NoResult>(cancellationToken);

    /// <summary>Sends the call.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>The result.</returns>
    public Task<T> InvokeAsync<T>(CancellationToken cancellationToken) => Request.InvokeAsync<T, ValueResult<T>>(cancellationToken);

    /// <summary>Sends the call, whose result is an object that stays in the other process.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>A proxy of the object.</returns>
    public Task<T?> InvokeProxiedAsync<T>(CancellationToken cancellationToken)
        where T : class => Request.InvokeAsync<T?, ProxiedResult<T>>(cancellationToken);

    /// <summary>Sends the call.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>A task that ends with the call.</returns>
    public ValueTask InvokeValueAsync(CancellationToken cancellationToken) => Request.InvokeValueAsync(cancellationToken);

    /// <summary>Sends the call.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>The result.</returns>
    public ValueTask<T> InvokeValueAsync<T>(CancellationToken cancellationToken) =>
        Request.InvokeValueAsync<T, ValueResult<T>>(cancellationToken);

    /// <summary>Sends the call, whose result is an object that stays in the other process.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process.</param>
    /// <returns>A proxy of the object.</returns>
    public ValueTask<T?> InvokeProxiedValueAsync<T>(CancellationToken cancellationToken)
        where T : class => Request.InvokeValueAsync<T?, ProxiedResult<T>>(cancellationToken);

    /// <summary>Sends the call, whose result is a stream.</summary>
    /// <param name="cancellationToken">Cancels the call in the other process, and each enumeration of the stream.</param>
    /// <returns>The stream. Each enumeration enumerates the stream of the other process.</returns>
    public IAsyncEnumerable<T> InvokeStream<T>(CancellationToken cancellationToken) => Request.InvokeStream<T>(cancellationToken);
}

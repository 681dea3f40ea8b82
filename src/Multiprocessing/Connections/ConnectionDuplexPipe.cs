using System.IO.Pipelines;

namespace Multiprocessing;

/// <summary>
/// A connection as a pair of pipes of <see cref="System.IO.Pipelines"/>. When the output is completed, the other end reads the end of the stream;
/// when both are completed, the connection is disposed.
/// </summary>
internal sealed class ConnectionDuplexPipe : IDuplexPipe
{
    private readonly Connection _connection;
    private readonly PipeReader? _input;
    private readonly PipeWriter? _output;
    private int _open;

    public ConnectionDuplexPipe(Connection connection)
    {
        _connection = connection;
        _open = (connection.CanReceive ? 1 : 0) + (connection.CanSend ? 1 : 0);
        _input = connection.CanReceive ? PipeReader.Create(new ConnectionStream(connection, Close)) : null;
        _output = connection.CanSend ? PipeWriter.Create(new ConnectionStream(connection, CloseOutput)) : null;
    }

    public PipeReader Input => _input ?? throw new InvalidOperationException("This is the sending end of a one-way pipe: it has no input.");

    public PipeWriter Output => _output ?? throw new InvalidOperationException("This is the receiving end of a one-way pipe: it has no output.");

    private void CloseOutput()
    {
        _connection.CompleteSending();
        Close();
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _connection.Dispose();
        }
    }
}

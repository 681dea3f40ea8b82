using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Tour.Lessons;

/// <summary>The contents of a file.</summary>
internal sealed record Content(string Kind, int Elements, int Members, int Lines, int Words);

/// <summary>A row that was read back; the hash is the one of the saved bytes.</summary>
internal sealed record ArchiveRow(string Path, long Size, string Sha256);

/// <summary>The SQLite database for the files, with fifty files in a transaction.</summary>
internal sealed class Archive : IDisposable
{
    private const int FilesPerTransaction = 50;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private SqliteTransaction _transaction;
    private int _pending;

    public Archive(string file)
    {
        _connection = Open(file);
        using var create = _connection.CreateCommand();
        create.CommandText =
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE files (
                path TEXT PRIMARY KEY, bytes BLOB NOT NULL, sha256 TEXT NOT NULL,
                kind TEXT NOT NULL, elements INTEGER, members INTEGER, lines INTEGER, words INTEGER)
            """;
        create.ExecuteNonQuery();
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO files VALUES ($path, $bytes, $sha256, $kind, $elements, $members, $lines, $words)";
        _transaction = _connection.BeginTransaction();
    }

    public static IEnumerable<ArchiveRow> ReadAll(string file)
    {
        using var connection = Open(file);
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT path, bytes, sha256 FROM files";
        using var row = select.ExecuteReader();
        while (row.Read())
        {
            var bytes = (byte[])row["bytes"];
            var sum = Convert.ToHexStringLower(SHA256.HashData(bytes));
            yield return sum == row.GetString(2)
                ? new ArchiveRow(row.GetString(0), bytes.Length, sum)
                : throw new InvalidDataException($"{row.GetString(0)} has another hash in the database than when it was saved.");
        }
    }

    public void Add(string path, byte[] bytes, string sha256, Content content)
    {
        _insert.Transaction = _transaction;
        _insert.Parameters.Clear();
        _insert.Parameters.AddWithValue("$path", path);
        _insert.Parameters.AddWithValue("$bytes", bytes);
        _insert.Parameters.AddWithValue("$sha256", sha256);
        _insert.Parameters.AddWithValue("$kind", content.Kind);
        _insert.Parameters.AddWithValue("$elements", content.Elements);
        _insert.Parameters.AddWithValue("$members", content.Members);
        _insert.Parameters.AddWithValue("$lines", content.Lines);
        _insert.Parameters.AddWithValue("$words", content.Words);
        _insert.ExecuteNonQuery();
        if (++_pending == FilesPerTransaction)
        {
            Commit();
            _transaction = _connection.BeginTransaction();
        }
    }

    public void Commit()
    {
        _transaction.Commit();
        _transaction.Dispose();
        _pending = 0;
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _insert.Dispose();
        _connection.Dispose();
    }

    // Not pooled: closing the connection closes the file, which can then be removed.
    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}

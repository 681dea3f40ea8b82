namespace Batch;

/// <summary>The contents of one file.</summary>
/// <param name="Path">The path below the folder.</param>
/// <param name="Bytes">The length in bytes.</param>
/// <param name="Words">The number of runs of letters and digits.</param>
/// <param name="Sha256">The SHA-256 in hexadecimal digits.</param>
internal sealed record FileReport(string Path, long Bytes, long Words, string Sha256);

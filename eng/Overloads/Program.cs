using Multiprocessing.Overloads;

var root = args.Length > 0 ? args[0] : GeneratedFiles.RepositoryRoot();
foreach (var (path, text) in GeneratedFiles.All())
{
    var file = Path.Combine(root, path);
    if (!File.Exists(file) || File.ReadAllText(file) != text)
    {
        File.WriteAllText(file, text);
        Console.WriteLine($"wrote {path}");
    }
}

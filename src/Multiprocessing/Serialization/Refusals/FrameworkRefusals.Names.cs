namespace Multiprocessing;

/// <summary>
/// Types of the framework that belong to their process, found by a test over all its public types, and what to use instead. A name includes all types
/// that derive from the type or implement it.
/// </summary>
internal static partial class FrameworkRefusals
{
    private const string Hash = "It contains native state; create it in the child, or pass the hash.";
    private const string Cipher =
        "It creates its key when it is first used, and contains native state; pass its Key and IV, and create it in the child.";
    private const string Asymmetric =
        "Its key is in native memory; export the key (ExportParameters, ExportPkcs8PrivateKey), pass that, and import it in the child.";
    private const string Http = "Pass its method, address, headers and content as values, and create it in the child.";
    private const string Content = "Pass its bytes (ReadAsByteArrayAsync) and its headers as text, and create it in the child.";
    private const string Headers = "Pass the names and values, and add them in the child.";
    private const string Listener = "It listens in this process; create it in the child.";
    private const string Instrument = "It reports to the listeners of this process; create it in the child, by the same name.";
    private const string Async = "It is part of an async method that runs in this process; await the method and pass its result.";
    private const string Dynamic = "It is bound to code that was made at run time in this process; create it in the child.";
    private const string XmlPart = "Pass the XmlDocument, or the nodes as an array (Cast<XmlNode>().ToArray()).";
    private const string XmlReading =
        "It has a position in a text or tree of this process; pass the text or the document, and create it in the child.";
    private const string XmlCompiled = "It is compiled code; pass its source, and compile it in the child.";
    private const string Schemas = "Pass the text of the schemas, and compile them in the child.";
    private const string Describes = "It describes a type or member with components of this process; pass the Type and the name of the member.";
    private const string DataPart = "Pass the DataTable (or DataSet) that it belongs to.";
    private const string Component = "It is a component of this process; pass the values that it is made from, and create it in the child.";
    private const string Reader = "It reads from a stream of this process; open it in the child, or pass the content.";
    private const string Writer = "It writes to a stream of this process; open it in the child, or pass the content.";
    private const string Names = "It finds names by hash codes, which differ in every process; create it in the child.";
    private const string Pool = "It rents out memory of this process; use ArrayPool<T>.Shared or create a pool in the child.";
    private const string Mail = "It contains a stream of this process; pass the text or bytes, and create it in the child.";
    internal const string Enumerators =
        "It is an enumerator with a position in a collection of this process; pass the collection, or the items (ToList()).";
    private const string Transactions = "A transaction belongs to this process; pass values, and begin one in the child.";
    public const string Native =
        "It contains the address or handle of a native object of this process; create it in the child from the values that it was made from.";

    internal static readonly Dictionary<string, string> ByName = new()
    {
        ["System.Security.Cryptography.HashAlgorithm"] = Hash,
        ["System.Security.Cryptography.IncrementalHash"] = Hash,
        ["System.Security.Cryptography.Shake128"] = Hash,
        ["System.Security.Cryptography.Shake256"] = Hash,
        ["System.Security.Cryptography.Kmac128"] = Hash,
        ["System.Security.Cryptography.Kmac256"] = Hash,
        ["System.Security.Cryptography.KmacXof128"] = Hash,
        ["System.Security.Cryptography.KmacXof256"] = Hash,
        ["System.Security.Cryptography.SymmetricAlgorithm"] = Cipher,
        ["System.Security.Cryptography.AesGcm"] = Cipher,
        ["System.Security.Cryptography.AesCcm"] = Cipher,
        ["System.Security.Cryptography.ChaCha20Poly1305"] = Cipher,
        ["System.Security.Cryptography.AsymmetricAlgorithm"] = Asymmetric,
        ["System.Security.Cryptography.ECDiffieHellmanPublicKey"] = Asymmetric,
        ["System.Security.Cryptography.MLKem"] = Asymmetric,
        ["System.Security.Cryptography.MLDsa"] = Asymmetric,
        ["System.Security.Cryptography.SlhDsa"] = Asymmetric,
        ["System.Security.Cryptography.CompositeMLDsa"] = Asymmetric,
        ["System.Security.Cryptography.DeriveBytes"] =
            "It contains native state; pass the password and the salt, or the bytes, and create it in the child.",
        ["System.Security.Cryptography.AsymmetricSignatureFormatter"] = Asymmetric,
        ["System.Security.Cryptography.AsymmetricSignatureDeformatter"] = Asymmetric,
        ["System.Security.Cryptography.AsymmetricKeyExchangeFormatter"] = Asymmetric,
        ["System.Security.Cryptography.AsymmetricKeyExchangeDeformatter"] = Asymmetric,
        ["System.Security.Cryptography.X509Certificates.X509Certificate"] =
            "It is in native memory; pass its bytes (RawData, or Export with a password if the private key is needed), and load them in the child.",
        ["System.Security.Cryptography.X509Certificates.X509Chain"] =
            "It is in native memory; pass the bytes of the certificates (RawData), and create it in the child.",
        ["System.Security.Cryptography.X509Certificates.X509Store"] = "Open the store in the child, by its name and location.",
        ["System.Security.Cryptography.X509Certificates.PublicKey"] = "Pass its bytes (ExportSubjectPublicKeyInfo), and read them in the child.",
        ["System.Security.SecureString"] = "Its text is in native memory; pass the secret in another way, and create it in the child.",
        ["System.Net.Http.HttpContent"] = Content,
        ["System.Net.Http.HttpRequestMessage"] = Http,
        ["System.Net.Http.HttpResponseMessage"] = "Pass its status, headers and content (ReadAsByteArrayAsync) as values.",
        ["System.Net.Http.Headers.HttpHeaders"] = Headers,
        ["System.Net.Http.Headers.HttpHeadersNonValidated"] = Headers,
        ["System.Net.Http.Headers.HttpHeaderValueCollection`1"] = Headers,
        ["System.Net.Mail.AttachmentBase"] = Mail,
        ["System.Net.Mail.MailMessage"] = "Pass its addresses, subject and body as values, and create it in the child.",
        ["System.Net.Mail.SmtpClient"] = "It holds a connection; create it in the child.",
        ["System.Net.WebSockets.WebSocket"] = "It holds a connection; open it in the child.",
        ["System.Net.WebSockets.ClientWebSocketOptions"] = "Set the options in the child.",
        ["System.Net.NetworkInformation.Ping"] = "Create it in the child.",
        ["System.Net.Sockets.SocketAsyncEventArgs"] = "It belongs to a socket and its buffers in this process; create it in the child.",
        ["System.Net.HttpListener"] = "Listen in the child.",
        ["System.Net.WebRequest"] = "It holds a connection; create it in the child.",
        ["System.Net.WebResponse"] = "It holds a connection; pass what was read.",
        ["System.Net.WebClient"] = "It holds a connection; create it in the child.",
        ["System.Net.ServicePoint"] = "It manages connections of this process; pass the address.",
        ["System.Diagnostics.TraceListener"] = Listener,
        ["System.Diagnostics.TraceSource"] = Instrument,
        ["System.Diagnostics.TraceEventCache"] = "It describes a thread and a time in this process; pass the values you need.",
        ["System.Diagnostics.Tracing.EventSource"] = Instrument,
        ["System.Diagnostics.Tracing.EventListener"] = Listener,
        ["System.Diagnostics.Tracing.DiagnosticCounter"] = Instrument,
        ["System.Diagnostics.DiagnosticSource"] = Instrument,
        ["System.Diagnostics.ActivitySource"] = Instrument,
        ["System.Diagnostics.ActivityListener"] = Listener,
        ["System.Diagnostics.Activity"] = "It is a span of this process; pass its Context (or Id), and start a child span with it.",
        ["System.Diagnostics.Metrics.Meter"] = Instrument,
        ["System.Diagnostics.Metrics.Instrument"] = Instrument,
        ["System.Diagnostics.Metrics.MeterListener"] = Listener,
        ["System.Diagnostics.StackFrame"] = "It points into code of this process; pass its text (ToString()).",
        ["System.Diagnostics.StackTrace"] = "It points into code of this process; pass its text (ToString()).",
        ["System.Runtime.CompilerServices.AsyncVoidMethodBuilder"] = Async,
        ["System.Runtime.CompilerServices.AsyncTaskMethodBuilder"] = Async,
        ["System.Runtime.CompilerServices.AsyncTaskMethodBuilder`1"] = Async,
        ["System.Runtime.CompilerServices.AsyncValueTaskMethodBuilder"] = Async,
        ["System.Runtime.CompilerServices.AsyncValueTaskMethodBuilder`1"] = Async,
        ["System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder"] = Async,
        ["System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder`1"] = Async,
        ["System.Runtime.CompilerServices.AsyncIteratorMethodBuilder"] = Async,
        ["System.Runtime.CompilerServices.CallSite"] = Dynamic,
        ["System.Runtime.CompilerServices.CallSiteBinder"] = Dynamic,
        ["System.Dynamic.DynamicMetaObject"] = Dynamic,
        ["System.Dynamic.BindingRestrictions"] = Dynamic,
        ["System.Runtime.InteropServices.ComWrappers"] = Component,
        ["System.Reflection.Emit.ILGenerator"] = Dynamic,
        ["System.Reflection.Metadata.MetadataReader"] = "It points into a file in memory of this process; open it in the child.",
        ["System.Reflection.Metadata.MetadataReaderProvider"] = "It points into a file in memory of this process; open it in the child.",
        ["System.Reflection.PortableExecutable.PEReader"] = "It points into a file in memory of this process; open it in the child.",
        ["System.Reflection.MetadataLoadContext"] = "It loads assemblies into this process; create one in the child.",
        ["System.Buffers.ArrayPool`1"] = Pool,
        ["System.Buffers.MemoryPool`1"] = Pool,
        ["System.IO.BinaryReader"] = Reader,
        ["System.IO.BinaryWriter"] = Writer,
        ["System.IO.Compression.ZipArchive"] = "Open the archive in the child, by its path.",
        ["System.IO.Compression.ZipArchiveEntry"] = "Open the archive in the child, by its path, and the entry by its name.",
        ["System.IO.Pipelines.PipeReader"] = Reader,
        ["System.IO.Pipelines.PipeWriter"] = Writer,
        ["System.IO.Pipelines.Pipe"] = "It connects threads of this process; use a ProcessQueue<T> instead.",
        ["System.Formats.Tar.TarReader"] = Reader,
        ["System.Formats.Tar.TarWriter"] = Writer,
        ["System.IO.IsolatedStorage.IsolatedStorage"] = "Open it in the child.",
        ["Microsoft.VisualBasic.FileIO.TextFieldParser"] = Reader,
        ["System.Resources.ResourceReader"] = Reader,
        ["System.Resources.ResourceWriter"] = Writer,
        ["System.Resources.ResourceManager"] = "It reads resources of assemblies of this process; create it in the child, by base name and assembly.",
        ["System.Resources.ResourceSet"] = "It reads resources of this process; pass the values you need.",
        ["System.Text.Json.Utf8JsonWriter"] = Writer,
        ["System.Text.Json.Serialization.Metadata.JsonTypeInfo"] =
            "It is information about a type that the JSON serializer caches in this process; pass the options, and call GetTypeInfo in the child.",
        ["System.Xml.XmlReader"] = XmlReading,
        ["System.Xml.XmlWriter"] = Writer,
        ["System.Xml.XmlNameTable"] = Names,
        ["System.Xml.XmlNamespaceManager"] =
            "It finds names by hash codes, which differ in every process; pass the prefixes and namespaces, and create it in the child.",
        ["System.Xml.XmlParserContext"] = Names,
        ["System.Xml.XmlNodeList"] = XmlPart,
        ["System.Xml.XmlNamedNodeMap"] = XmlPart,
        ["System.Xml.XmlImplementation"] = "Create it, or an XmlDocument, in the child.",
        ["System.Xml.XPath.XPathNavigator"] = XmlReading,
        ["System.Xml.XPath.XPathNodeIterator"] = XmlReading,
        ["System.Xml.XPath.XPathDocument"] = "It finds names by hash codes, which differ in every process; pass the text, or use an XDocument.",
        ["System.Xml.XPath.XPathExpression"] = "Pass its text (Expression), and compile it in the child.",
        ["System.Xml.Xsl.XslCompiledTransform"] = XmlCompiled,
        ["System.Xml.Xsl.XslTransform"] = XmlCompiled,
        ["System.Xml.Xsl.XsltArgumentList"] = "Pass the names and values, and add them in the child.",
        ["System.Xml.Serialization.XmlSerializer"] = "It is code that was made at run time; create it in the child.",
        ["System.Xml.Serialization.XmlMapping"] = "Create it in the child.",
        ["System.Xml.Serialization.XmlSchemas"] = Schemas,
        ["System.Xml.Schema.XmlSchemaSet"] = Schemas,
        ["System.Xml.Schema.XmlSchemaCollection"] = Schemas,
        ["System.Xml.Schema.XmlSchemaObject"] = Schemas,
        ["System.Xml.Schema.XmlSchemaValidator"] = Schemas,
        ["System.Xml.Schema.XmlSchemaDatatype"] = Schemas,
        ["System.Runtime.Serialization.XmlObjectSerializer"] = "Create it in the child, for the same type.",
        ["System.Runtime.Serialization.XsdDataContractExporter"] = "Create it in the child.",
        ["System.Data.DataView"] = "Pass the DataTable and the view's Sort and RowFilter, and create the view in the child.",
        ["System.Data.DataViewManager"] = "Pass the DataSet, and create it in the child.",
        ["System.Data.DataRowView"] = "Pass its Row.",
        ["System.Data.InternalDataCollectionBase"] = DataPart,
        ["System.Data.Common.DataAdapter"] = "It belongs to a connection of this process; create it in the child.",
        ["System.Data.Common.DbCommandBuilder"] = "It belongs to a connection of this process; create it in the child.",
        ["System.Data.Common.DbDataSource"] = "It holds open connections; create it in the child from its connection string.",
        ["System.Data.Common.DbBatch"] = "It belongs to a connection of this process; create it in the child.",
        ["System.Data.Common.DbProviderFactory"] = "Get it in the child, by its name.",
        ["System.ComponentModel.MemberDescriptor"] = Describes,
        ["System.ComponentModel.PropertyDescriptorCollection"] = Describes,
        ["System.ComponentModel.EventDescriptorCollection"] = Describes,
        ["System.ComponentModel.AttributeCollection"] = Describes,
        ["System.ComponentModel.TypeDescriptionProvider"] = Describes,
        ["System.ComponentModel.BackgroundWorker"] = "It runs on threads of this process; create it in the child, or run a task of a ProcessPool.",
        ["System.ComponentModel.AsyncOperation"] = Async,
        ["System.ComponentModel.Design.ServiceContainer"] = "Its services belong to this process; create one in the child.",
        ["System.ComponentModel.Design.DesignerOptionService"] = Component,
        ["System.Composition.Hosting.CompositionHost"] = Component,
        ["System.Transactions.Transaction"] = Transactions,
        ["System.Transactions.TransactionScope"] = Transactions,
        ["System.Transactions.TransactionInformation"] = Transactions,
        ["System.Threading.HostExecutionContextManager"] = "It belongs to the flow of control in this process; pass the values you need.",
        ["System.Threading.RegisteredWaitHandle"] = "It calls back in this process; register again in the child.",
        ["System.Threading.PreAllocatedOverlapped"] = "It belongs to threads of this process; create it in the child.",
        ["System.Threading.ThreadPoolBoundHandle"] = "It belongs to threads of this process; create it in the child.",
        ["System.Threading.AsyncFlowControl"] = "It belongs to the flow of control in this process; pass the values you need.",
        ["System.Threading.Tasks.ParallelLoopState"] = "It belongs to a loop of this process; pass the values you need.",
        ["System.Threading.Tasks.Dataflow.IDataflowBlock"] =
            "It passes objects between the threads of one process; use a ProcessQueue<T> or a ProcessPool instead.",
        ["System.Threading.RateLimiting.RateLimiter"] = "It counts calls in one process; use a ProcessSemaphore instead.",
        ["System.Runtime.Caching.ObjectCache"] = "It is a cache of this process; pass the values you need.",
        ["System.Numerics.Tensors.Tensor`1"] =
            "Add the package Multiprocessing.Tensors: with it a Tensor of elements without references crosses, and a SharedTensor crosses without a "
            + "copy. Otherwise pass its elements as an array (FlattenTo) and its Lengths, and call Tensor.Create in the child.",
        ["System.Runtime.InteropServices.PosixSignalRegistration"] = "It handles signals of this process; register in the child.",
        ["System.Security.Principal.WindowsIdentity"] = "It holds a token of this process; pass its name.",
    };
}

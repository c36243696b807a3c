/* A plug-in execution provider that takes Relu nodes and nothing else: a stand-in for an NPU's library, in tests.
 * It compiles each node on its own, keeps EPContext nodes when it is asked to, fails to start with the option fail=1,
 * and counts compilations in the file that the option log=FILE names. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnxruntime_c_api.h"

static const OrtApi* ort;
static const char* const kName = "ReluExecutionProvider";

typedef struct {
  OrtEp base;
  bool keep;
  char log[512];
} Ep;

typedef struct {
  OrtNodeComputeInfo base;
} Kernel;

static OrtStatus* CreateState(OrtNodeComputeInfo* self, OrtNodeComputeContext* context, void** state) {
  (void)self, (void)context;
  *state = NULL;
  return NULL;
}

static OrtStatus* Compute(OrtNodeComputeInfo* self, void* state, OrtKernelContext* context) {
  (void)self, (void)state;
  const OrtValue* in;
  OrtValue* out;
  OrtTensorTypeAndShapeInfo* info;
  size_t rank, count;
  int64_t dims[16];
  void *x, *y;
  OrtStatus* s;
  if ((s = ort->KernelContext_GetInput(context, 0, &in)) || (s = ort->GetTensorTypeAndShape(in, &info))) return s;
  if ((s = ort->GetDimensionsCount(info, &rank)) || (s = ort->GetDimensions(info, dims, rank)) || (s = ort->GetTensorShapeElementCount(info, &count))) return s;
  ort->ReleaseTensorTypeAndShapeInfo(info);
  if ((s = ort->KernelContext_GetOutput(context, 0, dims, rank, &out))) return s;
  if ((s = ort->GetTensorMutableData((OrtValue*)in, &x)) || (s = ort->GetTensorMutableData(out, &y))) return s;
  for (size_t i = 0; i < count; i++) ((float*)y)[i] = ((float*)x)[i] > 0 ? ((float*)x)[i] : 0;
  return NULL;
}

static void ReleaseState(OrtNodeComputeInfo* self, void* state) { (void)self, (void)state; }

static const char* EpName(const OrtEp* self) {
  (void)self;
  return kName;
}

static OrtStatus* GetCapability(OrtEp* self, const OrtGraph* graph, OrtEpGraphSupportInfo* support) {
  (void)self;
  size_t count;
  OrtStatus* s = ort->Graph_GetNumNodes(graph, &count);
  if (s || count == 0) return s;
  const OrtNode** nodes = malloc(count * sizeof(*nodes));
  s = ort->Graph_GetNodes(graph, nodes, count);
  for (size_t i = 0; i < count && !s; i++) {
    const char* type;
    if ((s = ort->Node_GetOperatorType(nodes[i], &type))) break;
    if (strcmp(type, "Relu") && strcmp(type, "EPContext")) continue;
    s = ort->GetEpApi()->EpGraphSupportInfo_AddNodesToFuse(support, &nodes[i], 1, NULL);
  }
  free(nodes);
  return s;
}

static OrtStatus* Keep(const OrtNode* fused, OrtNode** made) {
  const OrtValueInfo *in, *out;
  const char *name, *in_name, *out_name;
  OrtStatus* s;
  if ((s = ort->Node_GetName(fused, &name)) || (s = ort->Node_GetInputs(fused, &in, 1)) || (s = ort->Node_GetOutputs(fused, &out, 1))) return s;
  if ((s = ort->GetValueInfoName(in, &in_name)) || (s = ort->GetValueInfoName(out, &out_name))) return s;
  int64_t one = 1;
  OrtOpAttr* attributes[4];
  if ((s = ort->CreateOpAttr("main_context", &one, 1, ORT_OP_ATTR_INT, &attributes[0]))) return s;
  if ((s = ort->CreateOpAttr("embed_mode", &one, 1, ORT_OP_ATTR_INT, &attributes[1]))) return s;
  if ((s = ort->CreateOpAttr("ep_cache_context", "relu", 4, ORT_OP_ATTR_STRING, &attributes[2]))) return s;
  if ((s = ort->CreateOpAttr("source", kName, (int)strlen(kName), ORT_OP_ATTR_STRING, &attributes[3]))) return s;
  return ort->GetModelEditorApi()->CreateNode("EPContext", "com.microsoft", name, &in_name, 1, &out_name, 1, attributes, 4, made);
}

static OrtStatus* Compile(OrtEp* self, const OrtGraph** graphs, const OrtNode** fused, size_t count, OrtNodeComputeInfo** kernels, OrtNode** contexts) {
  Ep* ep = (Ep*)self;
  for (size_t i = 0; i < count; i++) {
    const OrtNode* node;
    const char* type;
    OrtStatus* s;
    if ((s = ort->Graph_GetNodes(graphs[i], &node, 1)) || (s = ort->Node_GetOperatorType(node, &type))) return s;
    bool compiled = strcmp(type, "EPContext") != 0;
    if (compiled && ep->log[0]) {
      FILE* log = fopen(ep->log, "a");
      if (log) fputs("compiled\n", log), fclose(log);
    }
    Kernel* kernel = calloc(1, sizeof(Kernel));
    kernel->base.ort_version_supported = ORT_API_VERSION;
    kernel->base.CreateState = CreateState;
    kernel->base.Compute = Compute;
    kernel->base.ReleaseState = ReleaseState;
    kernels[i] = &kernel->base;
    if (ep->keep && compiled && (s = Keep(fused[i], &contexts[i]))) return s;
  }
  return NULL;
}

static void ReleaseKernels(OrtEp* self, OrtNodeComputeInfo** kernels, size_t count) {
  (void)self;
  for (size_t i = 0; i < count; i++) free(kernels[i]);
}

static const char* FactoryName(const OrtEpFactory* self) {
  (void)self;
  return kName;
}

static const char* Vendor(const OrtEpFactory* self) {
  (void)self;
  return "edge tests";
}

static uint32_t VendorId(const OrtEpFactory* self) {
  (void)self;
  return 0xED6E;
}

static const char* Version(const OrtEpFactory* self) {
  (void)self;
  return "0.1.0";
}

static OrtStatus* Devices(OrtEpFactory* self, const OrtHardwareDevice* const* devices, size_t count, OrtEpDevice** found, size_t max, size_t* n) {
  *n = 0;
  for (size_t i = 0; i < count && *n < max; i++) {
    if (ort->HardwareDevice_Type(devices[i]) != OrtHardwareDeviceType_CPU) continue;
    OrtStatus* s = ort->GetEpApi()->CreateEpDevice(self, devices[i], NULL, NULL, &found[*n]);
    if (s) return s;
    ++*n;
    break;
  }
  return NULL;
}

static void Option(const OrtSessionOptions* options, const char* key, char* value, size_t size) {
  value[0] = 0;
  OrtStatus* s = ort->GetSessionConfigEntry(options, key, value, &size);
  if (s) ort->ReleaseStatus(s), value[0] = 0;
}

static OrtStatus* CreateEp(OrtEpFactory* self, const OrtHardwareDevice* const* devices, const OrtKeyValuePairs* const* metadata, size_t count,
                           const OrtSessionOptions* options, const OrtLogger* logger, OrtEp** made) {
  (void)self, (void)devices, (void)metadata, (void)count, (void)logger;
  char text[512];
  Option(options, "ep.reluexecutionprovider.fail", text, sizeof text);
  if (!strcmp(text, "1")) return ort->CreateStatus(ORT_EP_FAIL, "the relu unit is on fire");
  Ep* ep = calloc(1, sizeof(Ep));
  Option(options, "ep.reluexecutionprovider.log", ep->log, sizeof ep->log);
  Option(options, "ep.context_enable", text, sizeof text);
  ep->keep = !strcmp(text, "1");
  ep->base.ort_version_supported = ORT_API_VERSION;
  ep->base.GetName = EpName;
  ep->base.GetCapability = GetCapability;
  ep->base.Compile = Compile;
  ep->base.ReleaseNodeComputeInfos = ReleaseKernels;
  *made = &ep->base;
  return NULL;
}

static void ReleaseEp(OrtEpFactory* self, OrtEp* ep) {
  (void)self;
  free(ep);
}

static OrtStatus* CreateAllocator(OrtEpFactory* self, const OrtMemoryInfo* info, const OrtKeyValuePairs* options, OrtAllocator** allocator) {
  (void)self, (void)info, (void)options;
  *allocator = NULL;
  return NULL;
}

static void ReleaseAllocator(OrtEpFactory* self, OrtAllocator* allocator) { (void)self, (void)allocator; }

static OrtStatus* DataTransfer(OrtEpFactory* self, OrtDataTransferImpl** transfer) {
  (void)self;
  *transfer = NULL;
  return NULL;
}

static bool StreamAware(const OrtEpFactory* self) {
  (void)self;
  return false;
}

__attribute__((visibility("default"))) OrtStatus* CreateEpFactories(const char* name, const OrtApiBase* base, const OrtLogger* logger, OrtEpFactory** factories, size_t max, size_t* count) {
  (void)name, (void)logger;
  ort = base->GetApi(ORT_API_VERSION);
  if (max < 1) return ort->CreateStatus(ORT_INVALID_ARGUMENT, "no room");
  OrtEpFactory* factory = calloc(1, sizeof(OrtEpFactory));
  factory->ort_version_supported = ORT_API_VERSION;
  factory->GetName = FactoryName;
  factory->GetVendor = Vendor;
  factory->GetVendorId = VendorId;
  factory->GetVersion = Version;
  factory->GetSupportedDevices = Devices;
  factory->CreateEp = CreateEp;
  factory->ReleaseEp = ReleaseEp;
  factory->CreateAllocator = CreateAllocator;
  factory->ReleaseAllocator = ReleaseAllocator;
  factory->CreateDataTransfer = DataTransfer;
  factory->IsStreamAware = StreamAware;
  factories[0] = factory;
  *count = 1;
  return NULL;
}

__attribute__((visibility("default"))) OrtStatus* ReleaseEpFactory(OrtEpFactory* factory) {
  free(factory);
  return NULL;
}

#include "controller/admission/job_schema.h"

#include <initializer_list>

namespace hone::controller {
namespace {

// Fields of shape kAny.
Schema WithOpaque(Schema fields, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    fields.push_back({name});
  }
  return fields;
}

const Schema& MetadataSchema() {
  static const Schema schema = WithOpaque({{"name", Shape::kText},
                                           {"namespace", Shape::kText},
                                           {"generateName", Shape::kText},
                                           {"labels", Shape::kTextMap},
                                           {"annotations", Shape::kTextMap},
                                           {"finalizers", Shape::kTexts}},
                                          {"uid",
                                           "selfLink",
                                           "generation",
                                           "resourceVersion",
                                           "creationTimestamp",
                                           "deletionTimestamp",
                                           "deletionGracePeriodSeconds",
                                           "ownerReferences",
                                           "managedFields"});
  return schema;
}

const Schema& EnvironmentSchema() {
  static const Schema schema{
      {"name", Shape::kText}, {"value", Shape::kText}, {"valueFrom", Shape::kAny}};
  return schema;
}

const Schema& VolumeMountSchema() {
  static const Schema schema{{"name", Shape::kText},
                             {"mountPath", Shape::kText},
                             {"subPath", Shape::kText},
                             {"subPathExpr", Shape::kText},
                             {"readOnly", Shape::kBool},
                             {"recursiveReadOnly", Shape::kText},
                             {"mountPropagation", Shape::kText}};
  return schema;
}

const Schema& ResourcesSchema() {
  static const Schema schema{{"limits"}, {"requests"}, {"claims"}};
  return schema;
}

const Schema& ContainerSchema() {
  static const Schema schema = WithOpaque({{"name", Shape::kText},
                                           {"image", Shape::kText},
                                           {"imagePullPolicy", Shape::kText},
                                           {"command", Shape::kTexts},
                                           {"args", Shape::kTexts},
                                           {"workingDir", Shape::kText},
                                           {"env", Shape::kObjects, &EnvironmentSchema()},
                                           {"volumeMounts", Shape::kObjects, &VolumeMountSchema()},
                                           {"resources", Shape::kObject, &ResourcesSchema()},
                                           {"restartPolicy", Shape::kText},
                                           {"stdin", Shape::kBool},
                                           {"stdinOnce", Shape::kBool},
                                           {"tty", Shape::kBool},
                                           {"terminationMessagePath", Shape::kText},
                                           {"terminationMessagePolicy", Shape::kText}},
                                          {"envFrom",
                                           "ports",
                                           "resizePolicy",
                                           "restartPolicyRules",
                                           "volumeDevices",
                                           "livenessProbe",
                                           "readinessProbe",
                                           "startupProbe",
                                           "lifecycle",
                                           "securityContext"});
  return schema;
}

const Schema& VolumeSchema() {
  static const Schema schema = WithOpaque({{"name", Shape::kText}},
                                          {"awsElasticBlockStore",
                                           "azureDisk",
                                           "azureFile",
                                           "cephfs",
                                           "cinder",
                                           "configMap",
                                           "csi",
                                           "downwardAPI",
                                           "emptyDir",
                                           "ephemeral",
                                           "fc",
                                           "flexVolume",
                                           "flocker",
                                           "gcePersistentDisk",
                                           "gitRepo",
                                           "glusterfs",
                                           "hostPath",
                                           "image",
                                           "iscsi",
                                           "nfs",
                                           "persistentVolumeClaim",
                                           "photonPersistentDisk",
                                           "portworxVolume",
                                           "projected",
                                           "quobyte",
                                           "rbd",
                                           "scaleIO",
                                           "secret",
                                           "storageos",
                                           "vsphereVolume"});
  return schema;
}

const Schema& PodSchema() {
  static const Schema schema = WithOpaque({{"containers", Shape::kObjects, &ContainerSchema()},
                                           {"initContainers", Shape::kObjects, &ContainerSchema()},
                                           {"volumes", Shape::kObjects, &VolumeSchema()},
                                           {"restartPolicy", Shape::kText},
                                           {"terminationGracePeriodSeconds", Shape::kInteger},
                                           {"activeDeadlineSeconds", Shape::kInteger},
                                           {"nodeSelector", Shape::kTextMap},
                                           {"nodeName", Shape::kText},
                                           {"serviceAccountName", Shape::kText},
                                           {"serviceAccount", Shape::kText},
                                           {"automountServiceAccountToken", Shape::kBool},
                                           {"hostNetwork", Shape::kBool},
                                           {"hostPID", Shape::kBool},
                                           {"hostIPC", Shape::kBool},
                                           {"hostUsers", Shape::kBool},
                                           {"hostname", Shape::kText},
                                           {"hostnameOverride", Shape::kText},
                                           {"subdomain", Shape::kText},
                                           {"setHostnameAsFQDN", Shape::kBool},
                                           {"shareProcessNamespace", Shape::kBool},
                                           {"enableServiceLinks", Shape::kBool},
                                           {"dnsPolicy", Shape::kText},
                                           {"schedulerName", Shape::kText},
                                           {"priority", Shape::kInteger},
                                           {"priorityClassName", Shape::kText},
                                           {"preemptionPolicy", Shape::kText},
                                           {"runtimeClassName", Shape::kText}},
                                          {"affinity",
                                           "dnsConfig",
                                           "ephemeralContainers",
                                           "hostAliases",
                                           "imagePullSecrets",
                                           "os",
                                           "overhead",
                                           "readinessGates",
                                           "resourceClaims",
                                           "resources",
                                           "schedulingGates",
                                           "securityContext",
                                           "tolerations",
                                           "topologySpreadConstraints"});
  return schema;
}

const Schema& PodTemplateSchema() {
  static const Schema schema{{"metadata", Shape::kObject, &MetadataSchema()},
                             {"spec", Shape::kObject, &PodSchema()}};
  return schema;
}

const Schema& JobSpecSchema() {
  static const Schema schema = WithOpaque({{"template", Shape::kObject, &PodTemplateSchema()},
                                           {"activeDeadlineSeconds", Shape::kInteger},
                                           {"backoffLimit", Shape::kInteger},
                                           {"backoffLimitPerIndex", Shape::kInteger},
                                           {"maxFailedIndexes", Shape::kInteger},
                                           {"parallelism", Shape::kInteger},
                                           {"completions", Shape::kInteger},
                                           {"completionMode", Shape::kText},
                                           {"ttlSecondsAfterFinished", Shape::kInteger},
                                           {"suspend", Shape::kBool},
                                           {"manualSelector", Shape::kBool},
                                           {"podReplacementPolicy", Shape::kText},
                                           {"managedBy", Shape::kText}},
                                          {"podFailurePolicy", "selector", "successPolicy"});
  return schema;
}

}  // namespace

const Schema& JobSchema() {
  static const Schema schema{{"apiVersion", Shape::kText},
                             {"kind", Shape::kText},
                             {"metadata", Shape::kObject, &MetadataSchema()},
                             {"spec", Shape::kObject, &JobSpecSchema()},
                             {"status"}};
  return schema;
}

}  // namespace hone::controller

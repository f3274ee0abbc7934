# Lists algorithms/search/*.cc for the catalogue: a file's name is the algorithm's name, with '_'
# for '-', and the file defines `const Algorithm k_<name>` in namespace hone::algorithms.
file(GLOB hone_algorithm_files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/algorithms/search
     ${PROJECT_SOURCE_DIR}/algorithms/search/*.cc)
set(hone_algorithm_list "")
foreach(file ${hone_algorithm_files})
  string(REPLACE ".cc" "" name ${file})
  string(APPEND hone_algorithm_list "HONE_ALGORITHM(${name})\n")
endforeach()
file(CONFIGURE OUTPUT algorithms/catalogue.inc CONTENT "${hone_algorithm_list}" @ONLY)
